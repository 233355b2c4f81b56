/// <reference lib="dom" />
import { type Still, stillFigure } from '../still/stills.ts';
import { unfoldInPrint } from './print.ts';
import { offerDownloads } from './tools.ts';

/** The script of pages whose figures stand still. */
function main(): void {
  unfoldInPrint();
  const text = document.getElementById('stills')?.textContent ?? '[]';
  for (const still of JSON.parse(text) as readonly Still[]) {
    offerDownloads(still.id, still.title, () => stillFigure(still));
  }
}

main();
