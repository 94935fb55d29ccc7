'use client'

import {
  type ComponentPropsWithoutRef,
  type ElementType,
  type ForwardedRef,
  type ForwardRefExoticComponent,
  type ForwardRefRenderFunction,
  forwardRef,
  type ReactElement,
  type RefAttributes,
} from 'react'

type PartTag = keyof HTMLElementTagNameMap & ElementType

/** A component that accepts a `ref` to its element, in React 18 and 19. */
export type ComponentWithRef<Props, Element> = ForwardRefExoticComponent<Props & RefAttributes<Element>>

/** A part that renders the element `Tag`, and passes its props and its `ref` on to it. */
export type PartComponent<Tag extends PartTag, Extra = unknown> = ComponentWithRef<
  ComponentPropsWithoutRef<Tag> & Extra,
  HTMLElementTagNameMap[Tag]
>

/** `forwardRef`, which React 18 needs, with the props and the ref of the element `Tag`. */
export function forwardPart<Tag extends PartTag, Extra = unknown>(
  render: (
    props: ComponentPropsWithoutRef<Tag> & Extra,
    ref: ForwardedRef<HTMLElementTagNameMap[Tag]>,
  ) => ReactElement | null,
): PartComponent<Tag, Extra>
export function forwardPart(
  render: ForwardRefRenderFunction<HTMLElement>,
): ForwardRefExoticComponent<object> {
  return forwardRef(render)
}
