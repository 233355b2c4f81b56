export { directivesOf, genomeSpace, genomeText } from './genome.ts';
export {
  type GammaCost,
  type GammaLimits,
  type GammaObjective,
  type GammaResult,
  searchGamma,
  searchGammaAtRandom,
} from './search.ts';
