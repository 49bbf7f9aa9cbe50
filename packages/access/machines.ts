/** What a service may ask of another, by its client id. Written, not granted: no administrator can widen it by mistake. */
export const machinePermissions: Record<string, string[]> = {
  auth: ['address:resolve', 'user:register'],
  notification: ['address:read'],
  payment: ['requisites:read'],
  documents: ['requisites:read'],
}
