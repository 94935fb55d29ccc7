/** The fields of a syntax-tree node that this plugin uses. */
interface PageNode {
  readonly type: string
  url?: string
  readonly children?: readonly PageNode[]
}

/**
 * A remark plugin for links between pages. The pages link to each other by file, so the links work in an editor, in the
 * repository and in the plain Markdown of the package. In Storybook a page is a sidebar entry. Its address is relative, so the
 * built site works from any sub-path.
 */
export function documentationLinks() {
  return (page: PageNode): void => followLinks(page)
}

function followLinks(node: PageNode): void {
  const [, name, hash = ''] = /^\.\/([\w-]+)\.mdx(#[\w-]+)?$/.exec(node.url ?? '') ?? []
  if (name) node.url = `./?path=/docs/documentation-${name}--docs${hash}`
  for (const child of node.children ?? []) followLinks(child)
}
