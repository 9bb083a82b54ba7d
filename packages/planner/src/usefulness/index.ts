/**
 * How useful a host with GPUs still is: how much of them could be given to the machines that usually come. What
 * usually comes is learned from the machines that ask for a host; how much still fits is tried out, machine by
 * machine, on a few random sequences of them. Unlike a sum over kinds of machines that fit now or do not, this
 * sees that two kinds may need the same processor, that parts of a GPU add up to a whole, and that what nobody
 * ever asks for is worth nothing.
 */
export * from './usefulness.ts';
export * from './usual-machines.ts';
