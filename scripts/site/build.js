// The documentation as a site in site/: every page of docs/ and the pages beside it, a page for each schema, and the library's
// interface from its types. Fails at a link that leads nowhere and at a public function without a docstring. Run it with `npm run site`.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Marked } from 'marked';
import { apiPages } from './api.js';
import { escaped, pageHtml, STYLE } from './layout.js';
import { schemaPages } from './schemas.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const [out = join(ROOT, 'site')] = process.argv.slice(2);

const docs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.md'))
  .map((file) => `docs/${file.replaceAll('\\', '/')}`);
const written = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'tech-tables/README.md', ...docs].map((path) => ({
  path,
  text: readFileSync(join(ROOT, path), 'utf8'),
}));
const problems = [];
const pages = [...written, ...schemaPages(ROOT), ...apiPages(ROOT, problems)];

/** `docs/guide/map.md` becomes `docs/guide/map.html`; a README is the index of its folder. */
const placeOf = (path) => path.replace(/README\.md$/, 'index.html').replace(/\.md$/, '.html');
const titleOf = ({ path, text }) => /^# (.+)$/m.exec(text)?.[1].replace(/[`*]/g, '') ?? path;

/** The id of a heading, as GitHub makes it. */
const idOf = (heading) =>
  heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const anchors = new Map(pages.map((page) => [page.path, new Set()]));

/** The link of a page as a link of the site. Links to folders and files that are no pages stay those of the checkout. */
function siteLink(page, href) {
  if (/^(https?:|mailto:)/.test(href)) return href;
  const [link, anchor] = href.split('#');
  const target =
    link === '' ? page.path : posix.normalize(posix.join(posix.dirname(page.path), link)).replace(/\/$/, '');
  const found = pages.find(({ path }) => path === target || path === `${target}/README.md`);
  if (!found) {
    if (!existsSync(join(ROOT, target))) problems.push(`${page.path}: ${href} leads nowhere`);
    return null;
  }
  if (anchor !== undefined) wanted.push({ page, href, path: found.path, anchor });
  const to = posix.relative(posix.dirname(placeOf(page.path)), placeOf(found.path));
  return `${to === '' ? posix.basename(placeOf(found.path)) : to}${anchor === undefined ? '' : `#${anchor}`}`;
}
const wanted = [];

/** A table with a longer cell than this holds texts, which no reader compares down a column. */
const LONGEST_NUMBER = 45;

function contentOf(page) {
  const taken = new Map();
  const marked = new Marked({
    gfm: true,
    renderer: {
      heading({ tokens, depth, text }) {
        const base = idOf(text);
        const times = taken.get(base) ?? 0;
        taken.set(base, times + 1);
        const id = times === 0 ? base : `${base}-${times}`;
        anchors.get(page.path).add(id);
        return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        const inner = this.parser.parseInline(tokens);
        const to = siteLink(page, href);
        return to === null ? inner : `<a href="${to}">${inner}</a>`;
      },
      table({ header, rows }) {
        const inner = ({ tokens }) => this.parser.parseInline(tokens);
        const head = header.map((one) => `<th scope="col">${inner(one)}</th>`).join('');
        // On a phone each cell of a table of texts stands below the one before, with the title of its column.
        const title = (column) => (column === 0 ? '' : ` data-title="${escaped(header[column].text)}"`);
        const body = rows
          .map((cells) => `<tr>${cells.map((one, i) => `<td${title(i)}>${inner(one)}</td>`).join('')}</tr>`)
          .join('\n');
        const kind = rows.some((cells) => cells.some(({ text }) => text.length > LONGEST_NUMBER)) ? ' texts' : '';
        return `<div class="scroll${kind}" tabindex="0"><table><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table></div>\n`;
      },
    },
  });
  return marked.parse(page.text);
}

const contents = pages.map((page) => ({ page, html: contentOf(page) }));
for (const { page, href, path, anchor } of wanted) {
  if (!anchors.get(path).has(anchor)) problems.push(`${page.path}: ${href} names no heading of ${path}`);
}
if (problems.length > 0) {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exit(1);
}

rmSync(out, { recursive: true, force: true });
for (const { page, html } of contents) {
  const place = placeOf(page.path);
  const file = join(out, place);
  mkdirSync(dirname(file), { recursive: true });
  const navigation = inReadingOrder(pages).map((other) => ({
    title: titleOf(other),
    section: sectionOf(other.path),
    href: posix.relative(posix.dirname(place), placeOf(other.path)) || posix.basename(place),
    isHere: other === page,
  }));
  writeFileSync(
    file,
    pageHtml({ title: titleOf(page), html, navigation, root: posix.relative(posix.dirname(place), '.') }),
  );
}
writeFileSync(join(out, 'style.css'), STYLE);
for (const picture of readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })) {
  if (/\.(png|svg)$/.test(picture)) cpSync(join(ROOT, 'docs', picture), join(out, 'docs', picture));
}
process.stdout.write(`${pages.length} pages in ${out}\n`);

/** Sections as a newcomer reads them: what it does, how to use it, and only then what it is made of. Pages as docs/README.md has them. */
function inReadingOrder(all) {
  const order = [
    'Isotherm',
    'Guide',
    'Tutorials',
    'Methods',
    'Formats',
    'Schemas',
    'Library',
    'Validation',
    'Developing',
  ];
  const rank = ({ path }) => (order.indexOf(sectionOf(path)) + order.length + 1) % (order.length + 1);
  const contents = written.find(({ path }) => path === 'docs/README.md').text;
  const place = ({ path }) => contents.indexOf(`](${posix.relative('docs', path)}`);
  return all.toSorted((a, b) => rank(a) - rank(b) || place(a) - place(b));
}

function sectionOf(path) {
  const [first, second] = path.split('/');
  if (['README.md', 'docs/README.md', 'docs/glossary.md'].includes(path)) return 'Isotherm';
  if (first !== 'docs') return 'Developing';
  return second[0].toUpperCase() + second.slice(1);
}
