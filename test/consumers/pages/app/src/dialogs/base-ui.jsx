import { Dialog } from '@base-ui/react/dialog'

export default function HostDialog({ isOpen, onOpenChange, children }) {
  return (
    <Dialog.Root open={isOpen} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className="overlay" />
        <Dialog.Popup className="content">
          <Dialog.Title>Settings</Dialog.Title>
          {children}
          <Dialog.Close>Done</Dialog.Close>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
