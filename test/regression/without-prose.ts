/**
 * An output without the texts that are about to be rewritten: assumptions, reasons of decisions, and the hash of the inputs, which
 * covers both. The rest stays byte for byte. Of standard error, codes and places stay. Delete this file and its one call when the
 * texts are settled.
 */
export function withoutProse(file: string, text: string): string {
  const name = file.split('/').at(-1)!;
  if (name === 'events.csv') return withoutReasons(text);
  if (name === 'report.html') return withoutProseOfPage(text);
  if (name === 'stderr') return (text.match(/^(error|warning)\[[\w-]+\]| *--> .*$/gm) ?? []).join('\n');
  if (name === 'summary.json') return withoutKeys(text);
  return name === 'stdout' ? withoutLines(withoutKeys(text)) : text;
}

/** The last column of decisions and conflicts. That of transitions is an energy. */
function withoutReasons(csv: string): string {
  return csv.replace(/^((?:[^,"\n]*,)(?:decision|conflict),(?:(?:[^,"\n]*|"(?:[^"]|"")*"),){4}).*$/gm, '$1');
}

/** Two keys of the top level of summary.json. */
function withoutKeys(json: string): string {
  return json.replace(/^ {2}"inputsHash": ".*",\n/m, '').replace(/^ {2}"assumptions": \[(?:\]|[\s\S]*?^ {2}\])/m, '');
}

/** The lists that end the report of a run, and what a network's line adds to its MACs. */
function withoutLines(out: string): string {
  return out.replace(/^Assumptions:\n(?: {2}- .*\n)*/m, '').replace(/^(.*: workload of .* MACs); .*$/gm, '$1');
}

/** The last cell of each row of the tables of events, and the list under "Assumptions". */
function withoutProseOfPage(html: string): string {
  return html
    .replace(/<table class="events">[\s\S]*?<\/table>/g, (rows) => rows.replace(/<td>[^<]*<\/td><\/tr>/g, '</tr>'))
    .replace(/<h3>Assumptions<\/h3>[\s\S]*?(?=<h3>)|<h3>Assumptions<\/h3>[\s\S]*?(?=<\/section>)/, '');
}
