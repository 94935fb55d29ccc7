/** The parts of Playwright's `Route` that are used; typed here so that the package does not need Playwright. */
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

/** The part of Playwright's `Page`, or `BrowserContext`, that is used. */
export interface RoutablePage {
  route(url: (url: URL) => boolean, handle: (route: PairingRoute) => Promise<void>): Promise<unknown>
}

/** Options of {@link routePairing}. */
export interface RoutePairingOptions {
  /** Where the page expects the handler: the path of `proxy({ url })`. @default '/api/pairing' */
  readonly path?: string | undefined
}

/**
 * Puts a pairing handler behind a page of Playwright, so that an emulated phone can be scanned in a test of your app without a
 * server. A route cannot stream: give the handler `liveEvents: false`.
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
