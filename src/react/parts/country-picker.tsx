'use client'

import {
  type ComponentPropsWithoutRef,
  type ForwardedRef,
  type KeyboardEvent,
  type ReactElement,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react'
import { openEscapeLayer } from '../open-escape-layer.js'
import { type Country, countryName, findCountries, flagOf, listCountries } from './countries.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { usePairingContext } from './pairing-context.js'
import type { PairingCountryPickerProps } from './part.js'

/** Not in TypeScript's DOM library yet, and only in Chromium. */
declare class CloseWatcher extends EventTarget {
  destroy(): void
}

/** How many options Page Up and Page Down move. */
const PAGE = 8

/**
 * The country of a number: one field that shows it, and opens a search when the user types or presses it. An editable combobox
 * with a list box, after the ARIA Authoring Practices, https://www.w3.org/WAI/ARIA/apg/patterns/combobox/. A `<select>` would be
 * less code, but cannot be searched on phones.
 */
export const PairingCountryPicker: PartComponent<'div', PairingCountryPickerProps> =
  forwardPart(CountryPicker)

function CountryPicker(
  props: ComponentPropsWithoutRef<'div'> & PairingCountryPickerProps,
  ref: ForwardedRef<HTMLDivElement>,
): ReactElement {
  const { country, callingCodes, isCodeWritten, isReadOnly, onChoose, ...rest } = props
  const { messages, localeTag, part } = usePairingContext()
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const input = useRef<HTMLInputElement>(null)
  const [query, setQuery] = useState<string>()
  const [active, setActive] = useState<string>()
  const isOpen = query !== undefined
  // The two hundred names are created and sorted only when the list opens.
  const countries = useMemo(
    () => (isOpen ? listCountries(callingCodes, localeTag) : []),
    [isOpen, callingCodes, localeTag],
  )
  const found = useMemo(() => findCountries(countries, query ?? ''), [countries, query])
  const chosenPosition = found.findIndex(({ code }) => code === active)
  // The best match of the typed text. Without text, no option is selected yet.
  const position = query && chosenPosition < 0 ? 0 : chosenPosition
  const current = found[position]
  const isEmpty = isOpen && found.length === 0
  const closed = country ? `${flagOf(country)}${isCodeWritten ? '' : ` +${callingCodes.get(country)}`}` : '🌐'

  useEffect(() => {
    if (isOpen && current) {
      // Scrolls only the list, and not the page around it.
      const option = list.current?.querySelector<HTMLElement>('[aria-selected="true"]')
      if (list.current && option)
        list.current.scrollTop = option.offsetTop - (list.current.clientHeight - option.offsetHeight) / 2
    }
  }, [isOpen, current])

  useEffect(() => {
    if (!isOpen) return undefined
    const close = () => setQuery(undefined)
    // Android's back gesture, which would close the dialog around the list.
    const watcher = 'CloseWatcher' in window ? new CloseWatcher() : undefined
    watcher?.addEventListener('close', close)
    const closeLayer = openEscapeLayer((event) => {
      // The window sees an event in a shadow root as one of its host.
      if (event.composedPath()[0] !== input.current) return false
      // During composition, Escape cancels the composition.
      if (!event.isComposing) {
        event.preventDefault()
        close()
      }
      return true
    }, input.current)
    return () => {
      watcher?.destroy()
      closeLayer()
    }
  }, [isOpen])

  const open = (text: string) => {
    if (isReadOnly) return
    setQuery(text)
    // Without text, start at the current country; otherwise at the best match.
    setActive(text ? undefined : country)
  }
  const close = () => setQuery(undefined)
  const choose = (chosen: Country) => {
    close()
    onChoose(chosen.code)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const move = MOVES[event.key]
    if (event.nativeEvent.isComposing) return
    if (isOpen && event.key === 'Tab') return
    if (!isOpen && (event.key === 'ArrowDown' || event.key === 'ArrowUp' || event.key === 'Enter')) open('')
    else if (isOpen && event.key === 'Enter') current ? choose(current) : isEmpty || close()
    else if (isOpen && move) setActive(found[move(position, found.length)]?.code)
    else return
    // Enter must not send the form.
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    <div
      {...rest}
      ref={ref}
      {...part('country-picker', rest.className)}
      data-state={isOpen ? 'open' : 'closed'}
    >
      <input
        ref={input}
        type="text"
        role="combobox"
        {...part('country-input')}
        aria-label={messages.country}
        aria-describedby={country && !isOpen ? `${id}-name` : undefined}
        aria-autocomplete="list"
        aria-expanded={isOpen && !isEmpty}
        aria-controls={isOpen && !isEmpty ? `${id}-list` : undefined}
        aria-activedescendant={isOpen && current ? `${id}-${current.code}` : undefined}
        autoComplete="off"
        autoCorrect="off"
        spellCheck={false}
        dir={isOpen ? undefined : 'ltr'}
        placeholder={messages.country}
        readOnly={isReadOnly}
        value={query ?? closed}
        onChange={({ target: { value } }) => open(isOpen ? value : typedOver(closed, value))}
        onClick={() => isOpen || open('')}
        onFocus={({ target }) => target.select()}
        onBlur={close}
        onKeyDown={onKeyDown}
      />
      {!isOpen && (
        <span aria-hidden="true" {...part('country-size')}>
          {closed}
        </span>
      )}
      {country && (
        <span id={`${id}-name`} hidden>
          {countryName(country, localeTag)}
        </span>
      )}
      {isOpen && !isEmpty && (
        <div
          ref={list}
          id={`${id}-list`}
          role="listbox"
          tabIndex={-1}
          aria-label={messages.country}
          {...part('country-list')}
          // A press on an option keeps the focus in the field. Otherwise the field would lose it, and the list would
          // close.
          onMouseDown={(event) => event.preventDefault()}
        >
          {found.map((option) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the combobox, which has the focus.
            <div
              key={option.code}
              id={`${id}-${option.code}`}
              role="option"
              tabIndex={-1}
              aria-selected={option === current}
              {...part('country-option')}
              onClick={() => choose(option)}
            >
              <span aria-hidden="true">{flagOf(option.code)}</span>
              <span>{` ${option.name} `}</span>
              <bdi dir="ltr">{`+${option.callingCode}`}</bdi>
            </div>
          ))}
        </div>
      )}
      {/* Rendered while it is empty, because screen readers announce only later changes. */}
      <div aria-live="polite" {...part('country-announcement')}>
        {isEmpty && (
          // biome-ignore lint/a11y/noStaticElementInteractions: a press on it must not take the focus from the field.
          <div {...part('country-list')} onMouseDown={(event) => event.preventDefault()}>
            <p {...part('country-option')}>{messages.noCountry}</p>
          </div>
        )}
      </div>
    </div>
  )
}

/** The new position for each key. Up from the first option leads to the last, and down from the last to the first. */
const MOVES: Readonly<Record<string, (position: number, length: number) => number>> = {
  ArrowDown: (position, length) => (position + 1) % length,
  ArrowUp: (position, length) => (position > 0 ? position : length) - 1,
  Home: () => 0,
  End: (_, length) => length - 1,
  PageDown: (position, length) => Math.min(position + PAGE, length - 1),
  PageUp: (position) => Math.max(position - PAGE, 0),
}

/**
 * The text that was typed into the closed field, without the country that it showed. Empty if a part of the country was deleted.
 */
function typedOver(closed: string, value: string): string {
  if (value.includes(closed)) return value.replace(closed, '')
  return closed.startsWith(value) ? '' : value
}
