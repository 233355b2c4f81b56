import { expect, test } from 'vitest';
import { escapeText, html } from '../../src/report/markup.ts';

test('values are escaped, templates within are not', () => {
  const name = `<b title="it's">&`;
  expect(html`<p title="${name}">${html`<i>${name}</i>`}${[name, 1, null]}</p>`.markup).toBe(
    '<p title="&lt;b title=&quot;it&#39;s&quot;&gt;&amp;"><i>&lt;b title=&quot;it&#39;s&quot;&gt;&amp;</i>' +
      '&lt;b title=&quot;it&#39;s&quot;&gt;&amp;1</p>',
  );
});

test('control characters become visible marks', () => {
  expect(escapeText('a\u0000b\u001bc\nd')).toBe('a\ufffdb\ufffdc\nd');
});
