import type { PairingSymptom } from '../../core/messages.js'

/** The messages that the phone may show, in Korean. They load when the user opens the list. */
export const koTroubleshooting: readonly PairingSymptom[] = [
  {
    says: '기기를 연결할 수 없음',
    cause: '대부분 스캔하거나 입력하는 동안 코드가 바뀌었기 때문이에요.',
    steps: [
      '지금 여기에 보이는 코드를 스캔하거나 새 코드를 요청하세요.',
      '다시 이런 일이 생기면 다른 방법으로 연결하세요.',
      '휴대폰의 WhatsApp을 업데이트하세요.',
    ],
  },
  {
    says: '휴대폰의 인터넷 연결을 확인하세요',
    cause: '코드가 만료된 경우에도 휴대폰에 이렇게 표시돼요.',
    steps: [
      '지금 여기에 보이는 코드를 스캔하세요.',
      '휴대폰에서 아무 웹사이트나 열어 인터넷이 되는지 확인하세요. VPN을 사용 중이면 끄세요.',
    ],
  },
  {
    says: '지금은 새 기기를 연결할 수 없습니다',
    cause: '시도 횟수나 기기가 너무 많아 WhatsApp에서 이 계정의 연결을 잠시 멈췄어요.',
    steps: [
      '**연결된 기기**에서 더 이상 사용하지 않는 기기를 로그아웃하세요.',
      '다음 시도까지 한 시간 기다리세요. 자꾸 시도하면 더 오래 걸려요.',
    ],
  },
  {
    says: '아무 반응이 없음',
    cause: '휴대폰이 코드를 읽지 못했거나, 코드가 만료되었다고 알려 주지 않는 거예요.',
    steps: [
      '카메라 앱이 아니라 **연결된 기기**의 스캐너를 사용하세요.',
      '화면을 밝게 하고, 휴대폰을 20cm 정도 떨어뜨려 드세요.',
      '휴대폰에 코드 입력 화면이 뜨지 않나요? 뜨지 않는 경우가 많으니 **연결된 기기**를 직접 여세요.',
    ],
  },
]
