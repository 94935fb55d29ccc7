import { Modal } from 'antd'

export default function HostDialog({ isOpen, onOpenChange, children }) {
  const close = () => onOpenChange(false)
  return (
    <Modal title="Settings" open={isOpen} onCancel={close} onOk={close} okText="Done" width={760}>
      {children}
    </Modal>
  )
}
