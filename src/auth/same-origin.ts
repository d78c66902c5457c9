/** What a request says of where it comes from. Names of headers in small letters. */
export interface OriginHeaders {
  host?: string | undefined;
  origin?: string | undefined;
  'sec-fetch-site'?: string | string[] | undefined;
}

/**
 * May this request change something? A browser says on every such request where it comes from, and a page can't make it
 * lie; it must come from our own pages. What says nothing is no browser, and carries nobody's cookie without their will.
 */
export function isSameOrigin(headers: OriginHeaders, publicUrl: string | null): boolean {
  const site = headers['sec-fetch-site'];
  // Only over https and on localhost; elsewhere Origin has to do.
  if (site !== undefined) return site === 'same-origin';
  const { origin } = headers;
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  const from = new URL(origin).host;
  return from === headers.host || (publicUrl !== null && URL.canParse(publicUrl) && from === new URL(publicUrl).host);
}
