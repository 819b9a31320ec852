// Nothing here names an address: the page loads nothing.
import type { Markup } from "./markup.ts";

export const STYLE: Markup = {
  markup: `
:root{--page:#fff;--text:#1b1b1f;--quiet:#5c5c66;--line:#d9d9e0;--sunk:#f5f5f7;--accent:#1f4fd8}
@media (prefers-color-scheme:dark){:root{--page:#131316;--text:#ededf0;--quiet:#a3a3ad;--line:#34343c;--sunk:#1c1c21;--accent:#8aa8ff}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:14px/1.5 system-ui,sans-serif}
main{max-width:960px;margin:0 auto;padding:32px 20px}
h1{font-size:24px;line-height:1.25;margin:0 0 16px}h2{font-size:17px;margin:32px 0 8px}h3{font-size:14px;margin:20px 0 4px}
.over,span,dt,footer{color:var(--quiet)}.over{margin:0}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(280px,1fr));gap:8px 24px;margin:0}
dl div{min-width:0}dt{font-size:12px}dd{margin:0;overflow-wrap:anywhere}
code,pre{font-family:ui-monospace,monospace;font-size:12px}code{overflow-wrap:anywhere}
pre{margin:4px 0 12px;padding:8px 10px;background:var(--sunk);border:1px solid var(--line);border-radius:6px;white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:isolate}
table{width:100%;border-collapse:collapse;font-size:13px}th,td{text-align:left;vertical-align:top;padding:5px 8px 5px 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
td:first-child{font-variant-numeric:tabular-nums}.said{color:var(--quiet);font-size:12px}
.check{border:1px solid var(--line);border-left:3px solid var(--accent);border-radius:6px;padding:2px 16px 8px;margin-top:24px}.digest code{font-size:13px}
summary{cursor:pointer}.events{padding-left:44px}.events p{margin:8px 0 0}
@media print{main{max-width:none;padding:0}details>*{display:block}h2,h3{break-after:avoid}tr,li>p{break-inside:avoid}}
`,
};
