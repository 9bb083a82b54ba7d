/**
 * Room for machines that are more important than others.
 *
 *   make-room      chooses who has to go (by the planner), and asks them to: gracefully, within their budgets
 *   held-room      keeps what they leave for the one that they left it for
 */
export { HeldRoom } from './held-room.ts';
export { RoomMaker } from './make-room.ts';
