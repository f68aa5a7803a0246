const PREFIX = 'visitor-';

/** The id of somebody of whom nothing is known yet. */
export const visitorId = (unique: string): string => `${PREFIX}${unique}`;

export const isVisitor = (id: string): boolean => id.startsWith(PREFIX);
