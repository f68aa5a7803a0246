/** A feed that could not be read to its end, and why. */
export class FeedFault extends Error {
  override name = 'FeedFault';
}
