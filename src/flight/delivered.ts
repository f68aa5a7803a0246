/** A message of a queue, as far as whoever does what it says needs it. */
export interface Delivered<Body> {
  readonly body: Body;
  ack(): void;
}
