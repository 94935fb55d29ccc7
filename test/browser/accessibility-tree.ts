import { cdp } from 'vitest/browser'

/** Roles that only group elements or style words, and that no screen reader reads out. */
const IGNORED_ROLES = new Set([
  'none',
  'generic',
  'strong',
  'code',
  'InlineTextBox',
  'LineBreak',
  'ListMarker',
])

/** Roles of elements that contain one sentence. The tree may split it into several pieces. */
const RUNNING_TEXT = new Set(['paragraph', 'listitem'])

/** States and hints that a screen reader reads out. */
const SPOKEN = ['busy', 'disabled', 'expanded', 'invalid', 'readonly', 'selected', 'live'] as const

interface AxValue {
  readonly value?: unknown
}

interface AxNode {
  readonly nodeId: string
  readonly ignored: boolean
  readonly role?: AxValue
  readonly name?: AxValue
  readonly description?: AxValue
  readonly value?: AxValue
  readonly properties?: readonly { readonly name: string; readonly value: AxValue }[]
  readonly childIds?: readonly string[]
  readonly backendDOMNodeId?: number
}

/**
 * Returns the tree that Chromium passes to screen readers, one line for each node: its role, its name and its states. Nodes that
 * only group others are left out, and so is text that repeats the name of its element.
 */
export async function accessibilityTree(selector: string): Promise<string> {
  const session = cdp()
  await session.send('Accessibility.enable')
  const { root } = await session.send('DOM.getDocument', { depth: -1, pierce: true })
  const { nodeIds } = await session.send('DOM.querySelectorAll', { nodeId: frameDocument(root), selector })
  const [nodeId] = nodeIds
  if (nodeId === undefined) throw new Error(`No element matches ${selector}.`)
  const { node } = await session.send('DOM.describeNode', { nodeId })
  const { frameTree } = await session.send('Page.getFrameTree')
  const frames = [frameTree, ...(frameTree.childFrames ?? [])].map(({ frame }) => frame.id)
  for (const frameId of frames) {
    const { nodes }: { nodes: readonly AxNode[] } = await session.send('Accessibility.getFullAXTree', {
      frameId,
    })
    const found = nodes.find(({ backendDOMNodeId }) => backendDOMNodeId === node.backendNodeId)
    if (found)
      return `${joined(linesOf(found, new Map(nodes.map((one) => [one.nodeId, one])), 0)).join('\n')}\n`
  }
  throw new Error(`The accessibility tree has no node for ${selector}.`)
}

interface DomNode {
  readonly nodeId: number
  readonly children?: readonly DomNode[]
  readonly contentDocument?: DomNode
}

/** Each test page is a frame inside the page of the test runner. */
function frameDocument(node: DomNode): number {
  return innermost(node) ?? node.nodeId
}

function innermost(node: DomNode): number | undefined {
  if (node.contentDocument) return innermost(node.contentDocument) ?? node.contentDocument.nodeId
  for (const child of node.children ?? []) {
    const found = innermost(child)
    if (found !== undefined) return found
  }
  return undefined
}

interface Line {
  readonly depth: number
  readonly text?: string
  /** True if the text is part of a sentence and not a separate node. */
  readonly isRun?: boolean
  readonly words: readonly string[]
}

function linesOf(node: AxNode, nodes: ReadonlyMap<string, AxNode>, depth: number, outer?: AxNode): Line[] {
  const role = String(node.role?.value ?? '')
  const name = String(node.name?.value ?? '')
  const isSaid =
    !node.ignored && !IGNORED_ROLES.has(role) && !(role === 'StaticText' && name === outer?.name?.value)
  const children = (node.childIds ?? [])
    .flatMap((id) => nodes.get(id) ?? [])
    .flatMap((child) => linesOf(child, nodes, isSaid ? depth + 1 : depth, isSaid ? node : outer))
  if (!isSaid) return children
  if (role === 'StaticText') {
    const isRun = RUNNING_TEXT.has(String(outer?.role?.value))
    // The page draws the number of a step before it.
    return [{ depth, text: name.replace(/^\d$/, '$&. '), isRun, words: [] }]
  }
  const spoken = [
    ...(name ? [JSON.stringify(name)] : []),
    ...(node.value?.value ? [`holds ${JSON.stringify(node.value.value)}`] : []),
    ...SPOKEN.flatMap((state) => stateOf(node, state)),
    ...(node.description?.value ? [`described as ${JSON.stringify(node.description.value)}`] : []),
  ]
  return [{ depth, words: [role, ...spoken] }, ...children]
}

function stateOf({ properties = [] }: AxNode, state: string): readonly string[] {
  const value = properties.find(({ name }) => name === state)?.value.value
  if (value === undefined || value === false || value === 'false') return []
  return [value === true ? state : `${state}=${value}`]
}

/** Joins the pieces of one sentence into one line. */
function joined(lines: readonly Line[]): readonly string[] {
  const sentences: Line[] = []
  for (const line of lines) {
    const last = sentences.at(-1)
    if (last?.text !== undefined && line.text !== undefined && line.isRun && last.depth === line.depth)
      sentences[sentences.length - 1] = { ...last, text: last.text + line.text }
    else sentences.push(line)
  }
  return sentences.map(
    ({ depth, text, words }) =>
      '  '.repeat(depth) + (text === undefined ? words.join(' ') : JSON.stringify(text)),
  )
}
