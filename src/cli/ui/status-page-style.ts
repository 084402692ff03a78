/** The style sheet of the status page. */
export const PAGE_STYLE = `
:root {
  --paper: #fbfbf9; --card: #fff; --ink: #1d2021; --soft: #6b7075; --line: #e3e4df;
  --good: #1a7f37; --good-paper: #e6f4e9; --bad: #b3261e; --bad-paper: #fbeceb;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #16181a; --card: #1e2123; --ink: #e6e7e3; --soft: #969ba1; --line: #303437;
    --good: #6fcf87; --good-paper: #1b2f21; --bad: #ff9a91; --bad-paper: #3a2120;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 75rem; background: var(--paper);
  color: var(--ink); font: 1rem/1.45 system-ui, sans-serif; overflow-wrap: anywhere;
}
header { display: flex; flex-wrap: wrap; gap: 0 1rem; align-items: baseline; margin-bottom: 1rem; }
h1 { font-size: 1.35rem; margin: 0; }
h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
header p, small { color: var(--soft); margin: 0; }
main { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; background: var(--card); }
th, td { text-align: left; padding: .45rem .7rem; border: 1px solid var(--line); vertical-align: top; }
thead th { color: var(--soft); font-weight: 500; }
tbody th { font-weight: 600; }
td { font-variant-numeric: tabular-nums; white-space: nowrap; }
td small, td b { display: none; }
.won { background: var(--good-paper); }
.won span { color: var(--good); font-weight: 600; }
.won span::before { content: "● "; }
.down span, .lost th, .error span { color: var(--bad); }
.absent span, .unknown span, .startable span { color: var(--soft); }
.running span { color: var(--good); }
dl { margin: 0; background: var(--card); border: 1px solid var(--line); }
dl div { display: flex; gap: 0 1rem; padding: .5rem .7rem; border-top: 1px solid var(--line); }
dl div:first-child { border-top: 0; }
dt { font-weight: 600; min-width: 8rem; }
dd { margin: 0; }
dd small { display: block; }
@media (max-width: 40rem) {
  thead { display: none; }
  table, tbody { display: block; background: none; }
  tbody tr {
    display: block; background: var(--card); border: 1px solid var(--line); border-radius: .6rem;
    margin-bottom: .7rem; overflow: hidden; content-visibility: auto; contain-intrinsic-size: auto 9rem;
  }
  tbody th, td { display: block; border: 0; border-top: 1px solid var(--line); white-space: normal; }
  tbody th { border-top: 0; font-size: 1.05rem; padding-top: .6rem; }
  tr.lost { border-left: .25rem solid var(--bad); }
  td { display: grid; grid-template-columns: 7.5rem auto 1fr; gap: 0 .6rem; align-items: baseline; }
  td::before { content: attr(data-network); color: var(--soft); }
  td b { display: inline; font-weight: 400; color: var(--good); }
  td small { display: block; grid-column: 2 / -1; }
  td.none { display: none; }
  dl { border-radius: .6rem; }
  dt { min-width: 7.5rem; }
}
`
