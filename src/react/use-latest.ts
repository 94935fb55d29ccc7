'use client'

import { useEffect, useRef } from 'react'

/** The value of the last render, for what happens later: nothing has to be made anew for each value. */
export function useLatest<Value>(value: Value): { readonly current: Value } {
  const latest = useRef(value)
  useEffect(() => {
    latest.current = value
  })
  return latest
}
