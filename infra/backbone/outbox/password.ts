export const password = 'a-password-of-24-letters'
