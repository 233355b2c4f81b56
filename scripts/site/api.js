// A page for each entry of the library, from its declarations: every name with its signature and its docstring. Public functions
// without a docstring are problems.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

export function apiPages(root, problems) {
  const { name, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const entries = Object.entries(exports).flatMap(([path, { types }]) =>
    types ? [{ path, file: join(root, types) }] : [],
  );
  const program = ts.createProgram(
    entries.map(({ file }) => file),
    {
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      skipLibCheck: true,
      types: [],
    },
  );
  const checker = program.getTypeChecker();
  return entries.map(({ path, file }) => {
    const entry = path === '.' ? name : name + path.slice(1);
    const module = checker.getSymbolAtLocation(program.getSourceFile(file));
    const symbols = module ? checker.getExportsOfModule(module) : [];
    const sections = symbols
      .map((symbol) => sectionOf(symbol, checker, (name) => problems.push(`${entry}: ${name} has no docstring`)))
      .sort((a, b) => a.name.localeCompare(b.name, 'en'));
    const text = `# Library: ${entry}\n\n\`\`\`js\nimport { ... } from '${entry}';\n\`\`\`\n\n${sections.map(({ text: own }) => own).join('\n')}`;
    return { path: `docs/library/${entry.replaceAll('/', '-')}.md`, text };
  });
}

function sectionOf(symbol, checker, onMissing) {
  const own = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const [declaration] = own.declarations ?? [];
  const doc = ts.displayPartsToString(own.getDocumentationComment(checker)).replaceAll('<', '&lt;');
  if (doc === '' && own.flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Class)) onMissing(symbol.name);
  const code = declaration ? declaration.getText().replace(/^export declare /, '') : '';
  return { name: symbol.name, text: `## ${symbol.name}\n\n${doc}\n\n\`\`\`ts\n${code}\n\`\`\`\n` };
}
