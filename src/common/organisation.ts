/** The one organisation of an installation, made by the first migration, for what nobody signed in asks for. */
export const ORGANISATION_ID = 1;
