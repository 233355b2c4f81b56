export { directivesOf, genomeSpace, genomeText } from './genome.ts';
export {
  type GammaCost,
  type GammaLimits,
  type GammaObjective,
  type GammaResult,
  searchGamma,
  searchGammaAtRandom,
  searchGammaAtRandomInSteps,
  searchGammaInSteps,
} from './search.ts';
