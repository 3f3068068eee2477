/** `npx vitest run --config test/platforms/phones/vitest.config.ts`, from the project's root. */
import { laneConfig } from '../support/lane-config.ts';

export default laneConfig('phones');
