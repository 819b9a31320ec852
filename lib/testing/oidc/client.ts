/** Us, as the provider of the tests knows us. */
export const CLIENT = { id: "pilothouse", secret: "a secret between the two of them" };
