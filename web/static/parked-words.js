// The words of the section on messages that could not be handled: [Chinese, English].
export default {
  parkedTitle: ['未能处理的消息', 'Messages that could not be handled'],
  parkedText: ['发消息的人已收到提示。为保护隐私，这里不显示是谁、写了什么。原因排除后可以再试；再试成功，对方会直接收到答复。', 'The sender was told. Who that is and what was written is not shown. Once the cause is gone, try again: if it works, the sender gets the answer.'],
  parkedNumber: ['{number} 号', 'No. {number}'],
  parkedOne: ['{when} · {channel} · {cause} · 试过 {times} 次', '{when} · {channel} · {cause} · tried {times} times'],
  'parkedBy-telegram': ['Telegram', 'Telegram'],
  'parkedBy-web': ['网页', 'web page'],
  'parkedBy-': ['来源不明', 'not known where from'],
  parkedAgain: ['再试', 'Try again'],
  parkedAside: ['搁置', 'Set aside'],
  parkedTried: ['{number} 号已重新提交处理', 'No. {number} is tried again'],
  parkedPut: ['{number} 号已搁置，不再处理', 'No. {number} is set aside for good'],
};
