import * as Dialog from '@radix-ui/react-dialog'

export default function HostDialog({ isOpen, onOpenChange, children }) {
  return (
    <Dialog.Root open={isOpen} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="overlay" />
        <Dialog.Content className="content" aria-describedby={undefined}>
          <Dialog.Title>Settings</Dialog.Title>
          {children}
          <Dialog.Close>Done</Dialog.Close>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
