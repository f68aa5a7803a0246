/** Whose items and refreshes these are: until keys name tenants there is one. */
export const TENANT = 'default';
