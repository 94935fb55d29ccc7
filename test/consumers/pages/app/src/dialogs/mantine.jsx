import '@mantine/core/styles.css'
import { MantineProvider, Modal } from '@mantine/core'

export default function HostDialog({ isOpen, onOpenChange, children }) {
  return (
    <MantineProvider>
      <Modal opened={isOpen} onClose={() => onOpenChange(false)} title="Settings" size="xl">
        {children}
        <button type="button" onClick={() => onOpenChange(false)}>
          Done
        </button>
      </Modal>
    </MantineProvider>
  )
}
