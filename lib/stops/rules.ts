/** What entries commit to before and after. */
export const stopState = (stop: { readonly id: string; readonly scope: string }, lifted: boolean) => ({
  stop: stop.id,
  scope: stop.scope,
  lifted,
});
