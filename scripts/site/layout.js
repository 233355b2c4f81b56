// The frame of a page of the site: navigation on the side, one style for light and dark.

/** @param {{title: string, html: string, root: string, navigation: {title: string, section: string, href: string, isHere: boolean}[]}} page */
export function pageHtml({ title, html, navigation, root }) {
  const sections = [...new Set(navigation.map(({ section }) => section))];
  const list = (section) =>
    navigation
      .filter((entry) => entry.section === section)
      .map(
        ({ title: name, href, isHere }) =>
          `<li><a href="${href}"${isHere ? ' aria-current="page"' : ''}>${escaped(name)}</a></li>`,
      )
      .join('\n');
  const nav = sections.map((section) => `<h2>${section}</h2>\n<ul>\n${list(section)}\n</ul>`).join('\n');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>${escaped(title)} - Isotherm</title>
<link rel="stylesheet" href="${root === '' ? '' : `${root}/`}style.css"/>
</head>
<body>
<details class="menu" open>
<summary>Isotherm</summary>
<nav aria-label="Pages">
${nav}
</nav>
</details>
<main>
${html}</main>
<script>if (matchMedia('(max-width: 60rem)').matches) document.querySelector('.menu').open = false;</script>
</body>
</html>
`;
}

export function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

export const STYLE = `:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 20%, transparent); }
* { box-sizing: border-box; }
body { margin: 0; display: grid; grid-template-columns: 17rem minmax(0, 1fr); font: 1rem/1.6 system-ui, sans-serif; }
.menu { border-right: 1px solid var(--line); padding: 1rem; height: 100vh; position: sticky; top: 0; overflow-y: auto; }
.menu summary { font-weight: 700; font-size: 1.1rem; cursor: pointer; }
.menu h2 { font-size: 0.8rem; text-transform: uppercase; letter-spacing: 0.05em; margin: 1.2rem 0 0.3rem; }
.menu ul { list-style: none; margin: 0; padding: 0; }
.menu a { display: block; padding: 0.1rem 0; font-size: 0.9rem; text-decoration: none; }
.menu a[aria-current] { font-weight: 700; }
main { padding: 1.5rem clamp(1rem, 4vw, 3rem) 4rem; max-width: 60rem; min-width: 0; }
h1, h2, h3 { line-height: 1.25; }
main { overflow-wrap: anywhere; }
.scroll { overflow-wrap: normal; }
pre { overflow-x: auto; padding: 0.8rem 1rem; border: 1px solid var(--line); border-radius: 0.4rem; font-size: 0.85rem; line-height: 1.45; }
pre:has(.language-sh, .language-ts, .language-js) { white-space: pre-wrap; }
pre, .scroll { background:
  linear-gradient(to left, Canvas 40%, transparent) right / 3rem 100% no-repeat local,
  linear-gradient(to left, var(--line), transparent) right / 1rem 100% no-repeat scroll; }
code { font-family: ui-monospace, monospace; font-size: 0.9em; }
.scroll { overflow-x: auto; position: relative; }
table { border-collapse: collapse; font-size: 0.9rem; }
th, td { border-bottom: 1px solid var(--line); padding: 0.3rem 0.8rem 0.3rem 0; text-align: left; vertical-align: top; }
img { max-width: 100%; }
@media (max-width: 40rem) {
  pre { font-size: 0.75rem; padding: 0.6rem 0.7rem; }
  .texts thead { position: absolute; clip-path: inset(50%); }
  .texts table, .texts tbody, .texts tr { display: block; }
  .texts tr { border-bottom: 1px solid var(--line); padding: 0.35rem 0; }
  .texts td { display: block; border: 0; padding: 0; overflow-wrap: anywhere; }
  .texts td:first-child { font-weight: 600; }
  .texts td:empty { display: none; }
  .texts td[data-title]::before { content: attr(data-title) ': '; opacity: 0.7; }
}
@media (max-width: 60rem) {
  body { display: block; }
  .menu { height: auto; position: static; border-right: 0; border-bottom: 1px solid var(--line); }
}
@media print { .menu { display: none; } body { display: block; } }
`;
