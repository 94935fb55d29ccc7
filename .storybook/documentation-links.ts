/** The used fields of a node of a page's syntax tree. */
interface PageNode {
  readonly type: string
  url?: string
  readonly children?: readonly PageNode[]
}

/**
 * A remark plugin. The pages link each other by file, so that the links work in an editor, in the repository and in the plain
 * Markdown of the package. In Storybook a page is an entry of the sidebar, and the address is relative, so that the
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
