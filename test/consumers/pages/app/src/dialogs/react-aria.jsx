import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'

export default function HostDialog({ isOpen, onOpenChange, children }) {
  return (
    <ModalOverlay isOpen={isOpen} onOpenChange={onOpenChange} isDismissable className="overlay">
      <Modal className="content">
        <Dialog>
          <Heading slot="title">Settings</Heading>
          {children}
          <Button slot="close">Done</Button>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
