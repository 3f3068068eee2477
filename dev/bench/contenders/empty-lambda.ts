/** What a Lambda function costs before it does anything. */
export async function handler(): Promise<{ statusCode: number; body: string }> {
  return { statusCode: 200, body: '{}' };
}
