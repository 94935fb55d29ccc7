import { Dialog, DialogPanel, DialogTitle } from '@headlessui/react'

export default function HostDialog({ isOpen, onOpenChange, children }) {
  return (
    <Dialog open={isOpen} onClose={onOpenChange}>
      <div className="overlay" aria-hidden="true" />
      <DialogPanel className="content">
        <DialogTitle>Settings</DialogTitle>
        {children}
        <button type="button" onClick={() => onOpenChange(false)}>
          Done
        </button>
      </DialogPanel>
    </Dialog>
  )
}
