/** What a service may ask of another, by its client id. Written, not granted: no administrator can widen it by mistake. */
export const machinePermissions: Record<string, string[]> = {
  auth: ['address:resolve', 'address:read', 'user:register', 'access:snapshot'],
  client: ['access:snapshot'],
  notification: ['address:read', 'payer-link:read', 'access:snapshot'],
  payment: ['requisites:read', 'address:read', 'access:snapshot'],
  documents: ['requisites:read', 'access:snapshot'],
}
