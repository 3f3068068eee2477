/** `npx vitest run --config test/platforms/jvm/vitest.config.ts`, from the project's root. */
import { laneConfig } from '../support/lane-config.ts';

export default laneConfig('jvm');
