import { useEffect, useRef } from 'react'

export default function HostDialog({ isOpen, onOpenChange, children }) {
  const dialog = useRef(null)
  useEffect(() => {
    if (isOpen) dialog.current.showModal()
    else dialog.current.close()
  }, [isOpen])
  return (
    <dialog ref={dialog} aria-label="Settings" onClose={() => onOpenChange(false)}>
      {isOpen && (
        <>
          <h2>Settings</h2>
          {children}
          <button type="button" onClick={() => onOpenChange(false)}>
            Done
          </button>
        </>
      )}
    </dialog>
  )
}
