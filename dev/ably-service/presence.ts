/**
 * The presence set of one channel: members by connection and clientId, and the events that change it.
 *
 * A member is its connection's: when the connection goes, so does the member, at once. Ably waits some 15 seconds before
 * it does that after an abrupt disconnection; a local tool that shows the change immediately is more useful.
 */

export const PRESENCE_ACTION = { ABSENT: 0, PRESENT: 1, ENTER: 2, LEAVE: 3, UPDATE: 4 } as const;

export interface PresenceMember {
  /** `connectionId:msgSerial:index`: SDKs decide by it which of two events is newer (RTP2b2). */
  readonly id: string;
  readonly connectionId: string;
  readonly clientId: string;
  readonly timestamp: number;
  readonly data?: unknown;
  readonly encoding?: unknown;
}

export interface PresenceEvent {
  readonly action: number;
  readonly member: PresenceMember;
}

export type PresenceDraft = Omit<PresenceMember, 'timestamp'>;

export interface PresenceSet {
  members(): readonly PresenceMember[];
  /** ENTER, UPDATE or LEAVE; all of them are passed on to listeners. */
  apply(action: number, draft: PresenceDraft): void;
  /** All members of a connection leave. */
  leaveAll(connectionId: string): void;
}

export function createPresenceSet(now: () => number, emit: (event: PresenceEvent) => void): PresenceSet {
  const members = new Map<string, PresenceMember>();
  const keyOf = (connectionId: string, clientId: string): string => JSON.stringify([connectionId, clientId]);

  return {
    members: () => [...members.values()],
    apply(action, draft) {
      const member = { ...draft, timestamp: now() };
      const key = keyOf(member.connectionId, member.clientId);
      if (action === PRESENCE_ACTION.LEAVE) members.delete(key);
      else members.set(key, member);
      emit({ action, member });
    },
    leaveAll(connectionId) {
      for (const [key, member] of [...members]) {
        if (member.connectionId !== connectionId) continue;
        members.delete(key);
        // An id that does not start with the connectionId marks the event as synthesised (RTP2b1): compared by time.
        emit({ action: PRESENCE_ACTION.LEAVE, member: { ...member, id: `service:${member.id}`, timestamp: now() } });
      }
    },
  };
}
