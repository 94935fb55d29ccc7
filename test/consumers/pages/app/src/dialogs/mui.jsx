import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'

export default function HostDialog({ isOpen, onOpenChange, children }) {
  return (
    <Dialog open={isOpen} onClose={() => onOpenChange(false)} maxWidth="md">
      <DialogTitle>Settings</DialogTitle>
      <DialogContent>{children}</DialogContent>
      <DialogActions>
        <Button onClick={() => onOpenChange(false)}>Done</Button>
      </DialogActions>
    </Dialog>
  )
}
