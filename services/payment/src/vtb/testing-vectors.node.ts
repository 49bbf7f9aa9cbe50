/** The six vectors of the reference (section 2.4): T1 and T6 are public, the others were computed. */
export type Vector = {
  name: string
  algorithm: 'hmac' | 'rsa'
  key: string
  /** As it arrives, in another order than the signed one. */
  query: string
  text: string
  checksum: string
}

const own = 'yourSecretToken'
const order = 'mdOrder=3ff6962a-7dcc-4283-ab50-a6d7dd3386fe&orderNumber=10747'
const publicKey =
  'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAwtuGKbQ4WmfdV1gjWWys5jyHKTWXnxX3zVa5/Cx5aKwJpOsjrXnHh6l8bOPQ6Sgj3iSeKJ9plZ3i7rPjkfmwqUOJ1eLU5NvGkVjOgyi11aUKgEKwS5Iq5HZvXmPLzu+U22EUCTQwjBqnE/Wf0hnIwYABDgc0fJeJJAHYHMBcJXTuxF8DmDf4DpbLrQ2bpGaCPKcX+04POS4zVLVCHF6N6gYtM7U2QXYcTMTGsAvmIqSj1vddGwvNGeeUVoPbo6enMBbvZgjN5p6j3ItTziMbVba3m/u7bU1dOG2/79UpGAGR10qEFHiOqS6WpO7CuIR2tL9EznXRc7D9JZKwGfoY/QIDAQAB'
const rsaChecksum =
  '9524FD765FB1BABFB1F42E4BC6EF5A4B07BAA3F9C809098ACBB462618A9327539F975FEDB4CF6EC1556FF88BA74774342AF4F5B51BA63903BE9647C670EBD962467282955BD1D57B16935C956864526810870CD32967845EBABE1C6565C03F94FF66907CEDB54669A1C74AC1AD6E39B67FA7EF6D305A007A474F03B80FD6C965656BEAA74E09BB1189F4B32E622C903DC52843C454B7ACF76D6F76324C27767DE2FF6E7217716C19C530CA7551DB58268CC815638C30F3BCA3270E1FD44F63C14974B108E65C20638ECE2F2D752F32742FFC5077415102706FA5235D310D4948A780B08D1B75C8983F22F211DFCBF14435F262ADDA6A97BFEB6D332C3D51010B'

export const vectors: Vector[] = [
  {
    name: 'T1',
    algorithm: 'hmac',
    key: 'ooc7slpvc61k7sf7ma7p4hrefr',
    query: 'orderNumber=2003&mdOrder=06cf5599-3f17-7c86-bdbc-bd7d00a8b38b&operation=approved&status=1',
    text: 'mdOrder;06cf5599-3f17-7c86-bdbc-bd7d00a8b38b;operation;approved;orderNumber;2003;status;1;',
    checksum: 'EAF2FB72CAB99FD5067F4BA493DD84F4D79C1589FDE8ED29622F0F07215AA972',
  },
  {
    name: 'T2',
    algorithm: 'hmac',
    key: own,
    query: `status=1&${order}&operation=deposited&amount=123456&sign_alias=any`,
    text: 'amount;123456;mdOrder;3ff6962a-7dcc-4283-ab50-a6d7dd3386fe;operation;deposited;orderNumber;10747;status;1;',
    checksum: '51C892147225ABE87798CB02979D70EF46D0AE79B5AA3B28B1C260BE286C50A9',
  },
  {
    name: 'T3',
    algorithm: 'hmac',
    key: own,
    query: `depositedAmount=123456&depositFlag=1&orderDescription=${encodeURIComponent('Счёт № 42')}&callbackCreationDate=Mon+Jan+31+21:46:52+MSK+2022&amount=123456&status=1&operation=deposited&orderNumber=INV-000042&mdOrder=3ff6962a-7dcc-4283-ab50-a6d7dd3386fe`,
    text: 'amount;123456;callbackCreationDate;Mon Jan 31 21:46:52 MSK 2022;depositFlag;1;depositedAmount;123456;mdOrder;3ff6962a-7dcc-4283-ab50-a6d7dd3386fe;operation;deposited;orderDescription;Счёт № 42;orderNumber;INV-000042;status;1;',
    checksum: '7A4CE284A15E539508AC23A00A778AACA691282CCEEB117AD6E9D441C295ADBD',
  },
  {
    name: 'T4',
    algorithm: 'hmac',
    key: own,
    query: `amount=123456&${order}&operation=deposited&sbp.c2b.operation.nspkCode=&status=0`,
    text: 'amount;123456;mdOrder;3ff6962a-7dcc-4283-ab50-a6d7dd3386fe;operation;deposited;orderNumber;10747;sbp.c2b.operation.nspkCode;;status;0;',
    checksum: 'BDC9B6008E21BCB57200180BC9A9908228C49DC648BA332F4DBE3ACEAB269114',
  },
  {
    name: 'T5',
    algorithm: 'hmac',
    key: '12345678',
    query:
      'status=1&amount=1500&orderNumber=89312&operation=deposited&mdOrder=ed6f3abf-cea0-427e-afdf-0ba43ead124f',
    text: 'amount;1500;mdOrder;ed6f3abf-cea0-427e-afdf-0ba43ead124f;operation;deposited;orderNumber;89312;status;1;',
    checksum: 'DDED310FACCC970D87BDB6DFA4BB2CDBA05B10E787021F92E794E6CC89E268C7',
  },
  {
    name: 'T6',
    algorithm: 'rsa',
    key: publicKey,
    query:
      'status=1&operation=deposited&mdOrder=12b59da8-f68f-7c8d-12b5-9da8000826ea&amount=35000099&sign_alias=SHA-256+with+RSA',
    text: 'amount;35000099;mdOrder;12b59da8-f68f-7c8d-12b5-9da8000826ea;operation;deposited;status;1;',
    checksum: rsaChecksum,
  },
]

/** The value that a sort by `localeCompare` or without case gives for T3: it must not verify. */
export const localeOrderChecksum = '48E646F4091961BFB71B37676DECDB5CB5A3F0F163EDDF67ADADA87E92C94E48'
