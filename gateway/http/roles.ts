/** What a user of a member may be. */
export const ROLES = ['maker', 'approver', 'viewer', 'arbitrator', 'auditor', 'administrator', 'system'] as const;
export type Role = (typeof ROLES)[number];

/** Who is calling, as the token says. */
export interface Caller {
  /** Subject of the token. */
  readonly userId: string;
  readonly roles: readonly Role[];
}

/** What a route asks for, in words, and which roles have it. The one table of who may do what at the HTTP border. */
export const PERMISSIONS = {
  /** Everyone of the member reads the member's own records. */
  read: ['maker', 'approver', 'viewer', 'arbitrator', 'auditor', 'administrator', 'system'],
  /** Drafts, uploads, events, entries: binds nobody until someone approves or signs. */
  prepare: ['maker', 'system'],
  /** Acts that bind the member. */
  approve: ['approver', 'system'],
  /** Signatures of parties are handed on; the key that signed is what counts. */
  sign: ['maker', 'approver', 'system'],
  /** Statement signatures and business dates: four eyes towards the other member. */
  reconcile: ['approver', 'administrator', 'system'],
  /** Keys, calendars, standing agreements. */
  administer: ['administrator'],
  /** Cases and disclosures. */
  arbitrate: ['approver', 'arbitrator', 'system'],
  /** Evidence packages. */
  evidence: ['approver', 'arbitrator', 'auditor', 'system'],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof PERMISSIONS;

/** Whether one of the caller's roles has the permission. */
export function isPermitted(caller: Caller, permission: Permission): boolean {
  const roles: readonly Role[] = PERMISSIONS[permission];
  return caller.roles.some((role) => roles.includes(role));
}
