/** The subject is the clientId, whichever login it came from. */
import type { Identity } from '../../../index.ts';

export const subjectIsClientId = ({ subject }: Identity): string => subject;

/** Puts the name of the source in front, and nothing between them. */
export const nameThenSubject = ({ source, subject }: Identity): string => source + subject;
