import type { Directive, MaestroLayer, MaestroNetwork } from './types.ts';

/** A network with its dataflows in MAESTRO's language; `readMaestroNetwork` reads it back as it was. */
export function writeMaestroNetwork({ name, layers }: MaestroNetwork): string {
  return `Network ${name} {\n${layers.map(layerText).join('')}}\n`;
}

function layerText({ name, type, strideX, strideY, sizes, isOutputSized, directives }: MaestroLayer): string {
  const written = [...sizes].map(([dimension, size]) => {
    const isOutput = isOutputSized && (dimension === 'Y' || dimension === 'X');
    return `${dimension}${isOutput ? "'" : ''}: ${size}`;
  });
  const lines = [
    `Layer ${name} {`,
    `  Type: ${type}`,
    ...(type === 'GEMM' ? [] : [`  Stride { X: ${strideX}, Y: ${strideY} }`]),
    `  Dimensions { ${written.join(', ')} }`,
    '  Dataflow {',
    ...directives.map((directive) => `    ${directiveText(directive)}`),
    '  }',
    '}',
  ];
  return lines.map((line) => `  ${line}\n`).join('');
}

function directiveText(directive: Directive): string {
  if (directive.kind === 'cluster') return `Cluster(${directive.size}, P);`;
  const { kind, size, offset, dimension, isOutput } = directive;
  return `${kind === 'spatial' ? 'SpatialMap' : 'TemporalMap'}(${size},${offset}) ${dimension}${isOutput ? "'" : ''};`;
}
