// schemas/*.json from the schemas in the code, for editors. A test fails when they differ.
import { writeFileSync } from 'node:fs';
import { ExperimentSchema, MappingSchema } from '../dist/cosim/index.js';
import { AcceleratorSchema } from '../dist/design/index.js';
import { PolicySchema } from '../dist/policy/index.js';

const schemas = {
  accelerator: AcceleratorSchema,
  experiment: ExperimentSchema,
  mapping: MappingSchema,
  policy: PolicySchema,
};
for (const [name, { $id, ...schema }] of Object.entries(schemas)) {
  const text = { $schema: 'https://json-schema.org/draft/2020-12/schema', $id: `${$id}.json`, ...schema };
  writeFileSync(new URL(`../schemas/${name}.json`, import.meta.url), `${JSON.stringify(text, null, 2)}\n`);
}
