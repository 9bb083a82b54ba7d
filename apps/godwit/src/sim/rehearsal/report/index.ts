/**
 * What a rehearsal found, for people and programs.
 *
 *   report       all of it as data: what `--json` prints
 *   words        every sentence, in English and 简体中文
 *   chinese/      what the API says in English, said in Chinese
 *   languages     which there are
 *   text         for a terminal
 *   elasticity-part   how groups followed their demand: tables, plots, and what was done when
 *   use-words    moves, sleep and the reserve in words; event-words: what happened, for plots
 *   line-chart   figures over time as SVG
 *   page         one HTML file with everything in it: no script, nothing fetched
 */
export { languageOf } from './languages.ts';
export { renderPage } from './page.ts';
export { makeReport, type Report } from './report.ts';
export { renderText } from './text.ts';
