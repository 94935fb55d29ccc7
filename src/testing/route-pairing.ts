/** The used parts of Playwright's `Route`, typed here so that the package does not need Playwright. */
export interface PairingRoute {
  request(): {
    url(): string
    method(): string
    headers(): Readonly<Record<string, string>>
    postData(): string | null
  }
  fulfill(response: {
    readonly status: number
    readonly headers: Record<string, string>
    readonly body: string
  }): Promise<void>
}

/** The used part of Playwright's `Page` or `BrowserContext`. */
export interface RoutablePage {
  route(url: (url: URL) => boolean, handle: (route: PairingRoute) => Promise<void>): Promise<unknown>
}

/** Options of {@link routePairing}. */
export interface RoutePairingOptions {
  /** The path of the handler, as in `proxy({ url })`. @default '/api/pairing' */
  readonly path?: string | undefined
}

/**
 * Sends the pairing requests of a Playwright page to a handler, so that a test of your app can use an emulated phone without a
 * server. A Playwright route cannot stream, so create the handler with `liveEvents: false`.
 *
 * @param handler made by `createPairingHandler` with a provider over a mock server
 * @example
 * ```ts
 * const phone = createEmulator()
 * const provider = greenApi({ ...instance, fetch: mockGreenApi(phone, instance).fetch })
 * await routePairing(page, createPairingHandler({ provider, authorize: () => true, liveEvents: false }))
 * ```
 */
export async function routePairing(
  page: RoutablePage,
  handler: (request: Request) => Promise<Response>,
  { path = '/api/pairing' }: RoutePairingOptions = {},
): Promise<void> {
  await page.route(
    ({ pathname }) => pathname === path || pathname.startsWith(`${path}/`),
    async (route) => {
      const request = route.request()
      const response = await handler(
        new Request(request.url(), {
          method: request.method(),
          headers: request.headers(),
          body: request.postData(),
        }),
      )
      await route.fulfill({
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: await response.text(),
      })
    },
  )
}
