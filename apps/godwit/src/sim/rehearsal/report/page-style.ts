const colours = ['#1f6feb', '#d1601c', '#1a7f4b', '#8250df', '#b3261e', '#0b7285'];
const chartColours = colours.map((colour, index) => `.c${index}{stroke:${colour}}.k${index}{border-color:${colour}}`);

/** Light and dark, on paper and on small screens. */
export const pageStyle = `
:root{color-scheme:light dark;--text:#1c2128;--soft:#5c6670;--line:#d8dee4;--ground:#fff;--card:#f6f8fa}
@media(prefers-color-scheme:dark){:root{--text:#e6edf3;--soft:#9aa4ae;--line:#30363d;--ground:#0d1117;--card:#161b22}}
body{font:16px/1.5 system-ui,"Noto Sans SC","PingFang SC","Microsoft YaHei",sans-serif;color:var(--text);background:var(--ground);max-width:76rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.7rem;margin:.5rem 0}h2{font-size:1.25rem;margin:2rem 0 .5rem}h3{font-size:1rem;margin:1.2rem 0 .3rem}
details.run{border:1px solid var(--line);border-radius:8px;margin:.8rem 0;padding:.2rem 1rem}details.run>summary{font-weight:600;color:var(--text);padding:.5rem 0}details.run[open]{padding-bottom:1rem}
ul{padding-left:1.2rem;margin:.3rem 0}li{margin:.2rem 0}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:.92rem}.wide{overflow-x:auto}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(30rem,100%),1fr));gap:1rem}.charts figure{margin:0}
th,td{text-align:left;padding:.35rem .7rem .35rem 0;border-bottom:1px solid var(--line);white-space:nowrap}th{color:var(--soft);font-weight:500;white-space:normal;vertical-align:bottom}
td:not(:first-child),th:not(:first-child){text-align:right}.policies td:last-child{color:var(--soft);font-family:ui-monospace,monospace;font-size:.85em}tr.won td{background:var(--card);font-weight:600}tr.won td:first-child{box-shadow:inset 4px 0 #1a7f4b;padding-left:.8rem}
.best{background:var(--card);border-left:4px solid #1a7f4b;padding:.6rem 1rem}
.note{color:var(--soft);font-size:.9rem}details{margin:.5rem 0}summary{cursor:pointer;color:var(--soft)}
figure{margin:1.2rem 0;background:var(--card);padding:.8rem 1rem;border-radius:8px;display:flex;flex-direction:column;justify-content:space-between}
figcaption{font-weight:600;display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;align-items:baseline}
.legend{font-weight:400;font-size:.85rem;color:var(--soft);display:flex;flex-wrap:wrap;gap:.2rem 1rem}
ul.happened{list-style:none;padding:0;color:var(--soft);font-size:.9rem;display:flex;flex-wrap:wrap;gap:0 1.5rem}.happened time{color:var(--text);margin-right:.5rem}
.key{border-top:3px solid;padding-top:.1rem}.key.dashed{border-top-style:dashed}.k9{border-color:#8c959f}.k8{border-color:var(--text)}
svg{width:100%;height:auto}svg text{font-size:11px;fill:var(--soft)}.grid{stroke:var(--line)}.band{fill:var(--soft);opacity:.1}svg .event{font-size:10px}
.line{fill:none;stroke-width:2;stroke-linejoin:round}.line.dashed{stroke-dasharray:5 4}.c9{stroke:#8c959f}.c8{stroke:var(--text)}
${chartColours.join('')}
input[name=language]{position:absolute;opacity:0}label{cursor:pointer;padding:.2rem .7rem;margin-right:.3rem;border:1px solid var(--line);border-radius:99px;font-size:.9rem;color:var(--soft)}
input:checked+label{color:var(--text);border-color:var(--text)}input:focus-visible+label{outline:2px solid #1f6feb}
main{display:none}#en:checked~main[lang=en]{display:block}#zh-Hans:checked~main[lang=zh-Hans]{display:block}
@media(max-width:40rem){svg text{font-size:15px}svg .event,svg .odd{display:none}h1{font-size:1.4rem}}
@media print{label{display:none}figure{break-inside:avoid}}
`;
