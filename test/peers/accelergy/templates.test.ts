import { describe, expect, test } from 'vitest';
import { renderTemplate } from '../../../src/peers/accelergy-template/index.ts';
import { filesOf } from './support.ts';

const rendered = (text: string, defined = {}) =>
  renderTemplate({ file: 'a.yaml', text }, { files: filesOf({}), roots: ['.'] }, new Map(Object.entries(defined))).text;

// Expected texts: Jinja 3.1's documentation of tests, filters, macros and loops.
describe('templates', () => {
  test.each([
    ['a macro', '{% macro f(a, b=2) %}{{ a }}-{{ b }};{% endmacro %}{{ f(1) }}{{ f(1, 3) }}', '1-2;1-3;'],
    [
      'a macro that sees the variables of the template',
      '{% set x = 4 %}{% macro f() %}{{ x }}{% endmacro %}{{ f() }}',
      '4',
    ],
    ['a filter inside an expression', '{% set l = [1, 2] %}{% if l|length > 1 %}two{% else %}one{% endif %}', 'two'],
    ['a chain of filters', "{{ ['B', 'a'] | join('+') | lower }}", 'b+a'],
    ['the largest of a tuple', '{{ (1, 7) | max }}', '7'],
    ['a missing name with a default', '{% if flag|default(False) %}yes{% else %}no{% endif %}', 'no'],
    ['membership', "{% for r in ['M', 'N'] %}{% if r not in ['M'] %}{{ r }}{% endif %}{% endfor %}", 'N'],
    ['items taken apart', "{% for name, size in [['M', 2], ['N', 3]] %}{{ name }}={{ size }} {% endfor %}", 'M=2 N=3 '],
    ['a pipe inside a text', "{{ 'a|b' }}", 'a|b'],
  ])('%s', (_, text, wanted) => expect(rendered(text)).toBe(wanted));

  test('names that are given from outside', () => {
    expect(rendered('width: {{ width }}', { width: 16 })).toBe('width: 16');
    expect(rendered('{% for x in list %}{{ x }},{% endfor %}', { list: [1, 2] })).toBe('1,2,');
  });
});
