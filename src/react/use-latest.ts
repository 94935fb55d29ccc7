'use client'

import { useEffect, useRef } from 'react'

/** A ref to the value of the last render, for later callbacks, which need not be recreated for each value. */
export function useLatest<Value>(value: Value): { readonly current: Value } {
  const latest = useRef(value)
  useEffect(() => {
    latest.current = value
  })
  return latest
}
