import type { PairingSymptom } from '../../core/messages.js'

/** The messages that the phone may show, in Simplified Chinese. They load when the user opens the list. */
export const zhCNTroubleshooting: readonly PairingSymptom[] = [
  {
    says: '无法关联设备',
    cause: '多半是你扫描或输入时，代码已经更换。',
    steps: [
      '扫描这里现在显示的二维码，或获取新代码。',
      '如果再次出现，请改用另一种关联方式。',
      '更新手机上的 WhatsApp。',
    ],
  },
  {
    says: '请检查手机的网络连接',
    cause: '代码过期时，手机也会这样提示。',
    steps: ['扫描这里现在显示的二维码。', '在手机上打开任意网站，确认已联网。如果你使用 VPN，请将其关闭。'],
  },
  {
    says: '暂时无法关联新设备',
    cause: 'WhatsApp 暂停了此账号的关联：尝试次数过多或设备过多。',
    steps: ['在**“已关联的设备”**中，退出不再使用的设备。', '等一小时再试。反复尝试会让等待时间更长。'],
  },
  {
    says: '没有任何反应',
    cause: '手机没有读到二维码，或者没有提示代码已过期。',
    steps: [
      '请用**“已关联的设备”**里的扫描功能，不要用相机。',
      '调高屏幕亮度，让手机与屏幕保持约 20 厘米的距离。',
      '手机没有提示输入代码？请自己打开**“已关联的设备”**：提示经常不会出现。',
    ],
  },
]
