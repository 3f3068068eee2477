/** A key as a record, like any other: it goes wherever the object around it goes. */

export class ReadableKey {
  readonly name: string;
  readonly secret: string;

  constructor(name: string, secret: string) {
    this.name = name;
    this.secret = secret;
  }
}
